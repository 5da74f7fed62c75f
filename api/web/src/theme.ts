import { css } from "lit";

/**
 * Colours, sizes and fonts as custom properties: for the public elements, from which the small ones inside inherit.
 * Light or dark as the reader's system is set, or as the attribute `theme` says. Every text colour has 4.5:1 on every surface.
 */
export const tokens = css`
  :host {
    color-scheme: light dark;
    --ac-font: var(--aufgabenchat-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
    --ac-size: 14px;
    --ac-small: 12.5px;
    --ac-radius: 8px;
    --ac-gap: 8px;
    --ac-surface: light-dark(#ffffff, #1b1d22);
    --ac-sunken: light-dark(#f5f6f8, #141519);
    --ac-raised: light-dark(#ffffff, #25282f);
    --ac-hover: light-dark(#eceef2, #2d3139);
    --ac-line: light-dark(#dde0e6, #353a44);
    --ac-strong-line: light-dark(#868d9b, #737b8a);
    --ac-text: light-dark(#1c2230, #e8eaee);
    --ac-muted: light-dark(#586072, #a4abb9);
    --ac-accent: light-dark(#2f5fc4, #8fb0ff);
    --ac-on-accent: light-dark(#ffffff, #10182b);
    --ac-accent-soft: light-dark(#e9effc, #243150);
    --ac-error: light-dark(#b3261e, #ff9d93);
    --ac-error-soft: light-dark(#fcebea, #44211f);
    --ac-warning: light-dark(#8a5200, #f0b65a);
    --ac-warning-soft: light-dark(#fdf1dc, #3d2f17);
    --ac-hint: light-dark(#41617f, #9fc3e6);
    --ac-hint-soft: light-dark(#e8f0f7, #20303f);
    --ac-ok: light-dark(#1a6f3c, #7fd6a0);
    --ac-ok-soft: light-dark(#e3f4e9, #1a3525);
    --ac-open: light-dark(#6d3fb5, #c6a6ff);
    --ac-open-soft: light-dark(#f1eafc, #33264b);
    --ac-mark: light-dark(#fff0b3, #5a4a12);
    --ac-shadow: 0 1px 2px light-dark(#1c223014, #0006), 0 8px 28px light-dark(#1c223026, #0009);
    color: var(--ac-text);
    font: var(--ac-size) / 1.5 var(--ac-font);
    text-align: start;
    hyphens: manual;
  }
  :host([theme="light"]) {
    color-scheme: light;
  }
  :host([theme="dark"]) {
    color-scheme: dark;
  }
`;

/** What buttons, chips, dialogs, menus and tooltips look like: for every element. */
export const controls = css`
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  button,
  input,
  select,
  textarea {
    color: inherit;
    font: inherit;
  }
  :focus-visible {
    outline: 2px solid var(--ac-accent);
    outline-offset: 1px;
  }
  button {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    justify-content: center;
    min-height: 30px;
    padding: 3px 11px;
    border: 1px solid var(--ac-line);
    border-radius: 6px;
    background: var(--ac-raised);
    line-height: 1.3;
    cursor: pointer;
  }
  button:hover:not(:disabled) {
    background: var(--ac-hover);
  }
  button:disabled {
    color: var(--ac-muted);
    cursor: default;
  }
  button.primary {
    border-color: var(--ac-accent);
    background: var(--ac-accent);
    color: var(--ac-on-accent);
    font-weight: 600;
  }
  button.primary:hover:not(:disabled) {
    background: color-mix(in srgb, var(--ac-accent) 88%, var(--ac-text));
  }
  button.danger {
    border-color: var(--ac-error);
    color: var(--ac-error);
  }
  button.quiet {
    border-color: transparent;
    background: none;
    color: var(--ac-muted);
  }
  button.quiet:hover:not(:disabled) {
    background: var(--ac-hover);
    color: var(--ac-text);
  }
  button.link {
    min-height: 24px;
    padding: 0 4px;
    border: 0;
    background: none;
    color: var(--ac-accent);
  }
  button.link:hover:not(:disabled) {
    background: none;
    text-decoration: underline;
  }
  button.icon {
    min-width: 26px;
    min-height: 26px;
    padding: 0;
  }
  input,
  select,
  textarea {
    min-height: 32px;
    padding: 4px 9px;
    border: 1px solid var(--ac-strong-line);
    border-radius: 6px;
    background: var(--ac-surface);
  }
  .chip {
    display: inline-flex;
    align-items: center;
    min-height: 24px;
    max-width: 100%;
    border: 1px solid var(--ac-line);
    border-radius: 12px;
    background: var(--ac-sunken);
    font-size: var(--ac-small);
    line-height: 1.3;
    white-space: nowrap;
  }
  .chip > button,
  .chip > span {
    min-height: 22px;
    padding: 1px 9px;
    border: 0;
    border-radius: 11px;
    background: none;
  }
  .chip > button.icon {
    min-width: 22px;
    padding: 0;
    color: var(--ac-muted);
  }
  .chip.suggested {
    border-style: dashed;
    border-color: var(--ac-accent);
    background: var(--ac-surface);
    color: var(--ac-accent);
  }
  .chip.accepted {
    border-color: var(--ac-accent);
    background: var(--ac-accent-soft);
    color: var(--ac-text);
  }
  .chip.unsure {
    border-color: var(--ac-strong-line);
    color: var(--ac-muted);
  }
  dialog {
    width: min(480px, calc(100vw - 24px));
    max-height: calc(100dvh - 32px);
    padding: 20px;
    overflow: auto;
    border: 1px solid var(--ac-line);
    border-radius: 12px;
    background: var(--ac-raised);
    box-shadow: var(--ac-shadow);
    color: var(--ac-text);
  }
  dialog::backdrop {
    background: light-dark(#1c223066, #000a);
  }
  dialog h2 {
    margin: 0 0 8px;
    font-size: 17px;
    line-height: 1.3;
  }
  dialog .actions {
    display: flex;
    flex-wrap: wrap;
    gap: var(--ac-gap);
    justify-content: flex-end;
    margin-top: 16px;
  }
  .menu {
    display: grid;
    min-width: 180px;
    padding: 4px;
    border: 1px solid var(--ac-line);
    border-radius: var(--ac-radius);
    background: var(--ac-raised);
    box-shadow: var(--ac-shadow);
    color: var(--ac-text);
  }
  .menu > button {
    justify-content: flex-start;
    border: 0;
    text-align: start;
  }
  .tooltip {
    max-width: min(340px, calc(100vw - 24px));
    padding: 8px 11px;
    border: 1px solid var(--ac-line);
    border-radius: var(--ac-radius);
    background: var(--ac-raised);
    box-shadow: var(--ac-shadow);
    color: var(--ac-text);
    font-size: var(--ac-small);
  }
  .muted {
    color: var(--ac-muted);
    font-size: var(--ac-small);
  }
  .error {
    color: var(--ac-error);
  }
  .warning {
    color: var(--ac-warning);
  }
  .hint {
    color: var(--ac-hint);
  }
  .ok {
    color: var(--ac-ok);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    ::before,
    ::after {
      transition: none !important;
      animation: none !important;
      scroll-behavior: auto !important;
    }
  }
`;
