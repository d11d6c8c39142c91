import { Anchor, type AnchorProps, Button, type ButtonProps, NavLink, type NavLinkProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type AnchorAttributes = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'style' | 'color'> & { ref?: Ref<HTMLAnchorElement> };

/** A button that goes somewhere: type-checked routes. */
export const LinkButton = createLink((props: ButtonProps & AnchorAttributes) => <Button component="a" {...props} />);

/** A text link to a page of the console. */
export const LinkAnchor = createLink((props: AnchorProps & AnchorAttributes) => <Anchor {...props} />);

/** An entry of the navigation. */
export const LinkNav = createLink((props: NavLinkProps & AnchorAttributes) => <NavLink component="a" {...props} />);
