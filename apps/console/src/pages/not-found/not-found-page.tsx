import { PageHeader } from '../../ui/page-header.tsx';

export function NotFoundPage() {
  return <PageHeader title="Not found" />;
}
