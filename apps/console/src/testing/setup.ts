import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

// jsdom lays nothing out: what Mantine and the charts ask of a browser is answered with "nothing matches, nothing resizes".
window.matchMedia = (media) => ({
  matches: false,
  media,
  onchange: null,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined,
  dispatchEvent: () => false,
});

window.ResizeObserver = class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};

// Fields that grow with their text measure it anew once the fonts are there.
Object.defineProperty(document, 'fonts', { value: new EventTarget() });

Element.prototype.scrollIntoView = () => undefined;
window.scrollTo = () => undefined;

// Pages are loaded when they are asked for; on a busy machine that takes longer than the second it is given by default.
configure({ asyncUtilTimeout: 15_000 });

afterEach(() => {
  cleanup();
  localStorage.clear();
});
