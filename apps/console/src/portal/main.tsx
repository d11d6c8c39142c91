import '@latchkey/portal/portal.css';
import './portal-page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { PortalPage } from './portal-page.tsx';
import { takeLink } from './take-link.ts';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no element "root".');
const app = createRoot(root);

/** A second link in the same tab opens another session: everything of the first one goes. */
function show(): void {
  const link = takeLink();
  if (link === null && shown) return;
  shown = true;
  app.render(
    <StrictMode>
      <PortalPage key={link} link={link ?? undefined} />
    </StrictMode>,
  );
}

let shown = false;
show();
window.addEventListener('hashchange', show);
