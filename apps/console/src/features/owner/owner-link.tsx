import { LinkAnchor } from '../../ui/link-button.tsx';
import { formatOwner, type OwnerRef } from './owner-ref.ts';

/** Leads to the tokens of an owner. */
export function OwnerLink({ owner, size = 'sm' }: { owner: OwnerRef; size?: 'xs' | 'sm' }) {
  return (
    <LinkAnchor to="/api-tokens" search={{ owner: formatOwner(owner) }} size={size} className="lk-wrap" lineClamp={size === 'xs' ? 1 : 2}>
      {owner.ownerType} {owner.ownerId}
    </LinkAnchor>
  );
}
