import '@testing-library/jest-dom/vitest';
import { render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ExpirationSelect } from '../expiry/expiration-select.tsx';
import { ScopeCheckboxes, type ScopeCheckboxesProps } from '../scope/scope-checkboxes.tsx';

describe('a select of expirations', () => {
  it('has every preset, with no expiration chosen', () => {
    render(<ExpirationSelect aria-label="Expiration" />);
    const select = screen.getByRole('combobox', { name: 'Expiration' });
    expect(select).toHaveValue('no_expiration');
    expect(select).toHaveAttribute('name', 'api_key[expires_at_preset]');
    expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual(
      expect.arrayContaining(['No Expiration', '7 days', '30 days', '1 year']),
    );
  });

  it('takes classes, and a preset to begin with', () => {
    render(<ExpirationSelect className="wide dark" includeNoExpiration={false} selected="30_days" />);
    const select = screen.getByRole('combobox');
    expect(select).toHaveClass('wide', 'dark');
    expect(select).toHaveValue('30_days');
    expect(screen.queryByRole('option', { name: 'No Expiration' })).toBeNull();
  });
});

describe('checkboxes of scopes', () => {
  const show = (props: Omit<ScopeCheckboxesProps, 'scopes' | 'children'>) =>
    render(
      <form>
        <ScopeCheckboxes scopes={['read', 'write']} {...props}>
          {({ scope, checked, input }) => (
            <label>
              <input {...input} /> {scope} {checked ? 'ticked' : 'free'}
            </label>
          )}
        </ScopeCheckboxes>
      </form>,
    );
  const ticked = () => screen.getAllByRole('checkbox', { checked: true }).map((box) => box.getAttribute('value'));

  it('are drawn by the host, with their state and the name of the form', () => {
    show({ held: ['write'] });
    screen.getByLabelText('read free');
    screen.getByLabelText('write ticked');
    for (const box of screen.getAllByRole('checkbox')) expect(box).toHaveAttribute('name', 'api_key[scopes][]');
    expect(ticked()).toEqual(['write']);
  });

  it('are all ticked for a new key, and as told otherwise', () => {
    const first = show({});
    expect(ticked()).toEqual(['read', 'write']);
    first.unmount();
    show({ held: ['read', 'write'], checked: ['read'] });
    expect(ticked()).toEqual(['read']);
  });
});
