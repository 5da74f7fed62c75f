import { css } from "lit";

export const reviewStyles = css`
  :host { display: block; min-height: 0; overflow: auto; background: var(--ac-surface); }
  .next { padding: 14px 16px; border-bottom: 1px solid var(--ac-line); background: var(--ac-accent-soft); }
  .next.none { background: var(--ac-ok-soft); }
  .next .muted { color: var(--ac-text); }
  h2 { margin: 0 0 4px; font-size: 17px; line-height: 1.3; }
  h2 small { display: block; font-size: var(--ac-small); font-weight: 400; }
  p { margin: 4px 0; }
  .actions { display: flex; flex-wrap: wrap; gap: 4px 6px; align-items: center; margin-top: 8px; }
  .next details { border: 0; }
  .next summary { display: block; padding: 0; font-weight: 400; }
  .next summary::before { content: none; }
  .next summary:hover { background: none; }
  .next details:not([open]) > summary { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 3; }
  .next summary::after { content: none; }
  .link { text-align: start; }
  .facts { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 6px 0 0; font-size: var(--ac-small); }
  details { border-bottom: 1px solid var(--ac-line); }
  summary { display: flex; gap: 8px; align-items: center; padding: 9px 16px; font-weight: 600; cursor: pointer; list-style: none; }
  summary::-webkit-details-marker { display: none; }
  summary::before { content: "▸" / ""; width: 10px; color: var(--ac-muted); }
  details[open] > summary::before { content: "▾" / ""; }
  summary:hover { background: var(--ac-hover); }
  summary:focus-visible { outline-offset: -2px; }
  .todo {
    min-width: 20px; margin-inline-start: auto; padding: 0 6px; border-radius: 10px; background: var(--ac-warning-soft); color: var(--ac-warning);
    font-size: var(--ac-small); text-align: center; font-variant-numeric: tabular-nums;
  }
  .done { margin-inline-start: auto; color: var(--ac-ok); }
  .body { padding: 0 16px 12px 34px; }
  .rows { display: grid; gap: 9px; margin: 0; padding: 0; list-style: none; }
  .rows li.not_needed { color: var(--ac-muted); }
  .head { display: flex; flex-wrap: wrap; gap: 2px 8px; align-items: baseline; }
  .head .sign { width: 12px; font-weight: 700; }
  .quote {
    display: block; width: 100%; min-height: 24px; margin: 3px 0; padding: 2px 8px; border: 0; border-inline-start: 3px solid var(--ac-line); border-radius: 0 4px 4px 0;
    background: none; font-size: var(--ac-small); text-align: start; overflow-wrap: anywhere;
  }
  .quote:hover { border-color: var(--ac-accent); }
  .quote small { color: var(--ac-muted); font-size: 11.5px; }
  .source { min-height: 20px; padding: 0 4px; border: 0; background: none; color: var(--ac-muted); font-size: 11.5px; }
  .superseded .quote { color: var(--ac-muted); }
  .ask { padding: 6px 9px; border-radius: 6px; background: var(--ac-sunken); font-size: var(--ac-small); }
  .record { margin: 0; }
  .record dt { margin-top: 6px; font-size: var(--ac-small); font-weight: 600; }
  .record dd { margin: 0; }
  .draft { margin: 0 0 10px; }
  .draft figcaption { display: flex; gap: 8px; align-items: center; justify-content: space-between; font-size: var(--ac-small); font-weight: 600; }
  blockquote {
    margin: 4px 0 0; padding: 8px 11px; border: 1px solid var(--ac-line); border-radius: 6px; background: var(--ac-sunken);
    font-size: var(--ac-small); white-space: pre-wrap; overflow-wrap: anywhere;
  }
  .line { padding: 20px 16px; }
  .foot { display: flex; gap: 8px; align-items: center; justify-content: space-between; padding: 8px 16px; }
  .printed { display: none; }
  @media print {
    .printed { display: block; padding: 0 16px; font-size: 18px; font-weight: 600; }
    :host, :host([theme]) { overflow: visible; color-scheme: light; }
    .foot button, .actions, .draft button, summary::before { display: none; }
  }
`;
