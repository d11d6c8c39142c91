import type { PortalView } from '@latchkey/api/schemas';
import { createContext, useContext } from 'react';
import type { PortalClient } from '../client/portal-client.ts';
import type { PortalPage } from './portal-view.ts';

export interface Notice {
  readonly kind: 'success' | 'error';
  readonly text: string;
}

/** What every part of the portal works with. */
export interface PortalScene {
  readonly client: PortalClient;
  readonly view: PortalView;
  readonly page: PortalPage;
  readonly go: (page: PortalPage, notice?: Notice) => void;
  readonly notify: (notice: Notice | null) => void;
  /** Rises with every change of a key: what shows keys loads again. */
  readonly revision: number;
  /** To be called after a change of a key. */
  readonly changed: () => Promise<void>;
  /** The text of a key made a moment ago, until it has been shown. */
  readonly fresh: { readonly id: number; readonly token: string } | null;
  readonly setFresh: (fresh: { readonly id: number; readonly token: string } | null) => void;
}

export const PortalContext = createContext<PortalScene | null>(null);

/** Throws outside of `ApiKeysPortal`. */
export function usePortal(): PortalScene {
  const scene = useContext(PortalContext);
  if (!scene) throw new Error('This component belongs inside ApiKeysPortal.');
  return scene;
}
