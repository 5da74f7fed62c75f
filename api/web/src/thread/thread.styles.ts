import { css } from "lit";

export const threadStyles = css`
  :host { display: flex; flex-direction: column; min-height: 0; overflow: hidden; background: var(--ac-surface); }
  .task { padding: 10px 16px 8px; border-bottom: 1px solid var(--ac-line); }
  .task summary { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; cursor: pointer; list-style: none; }
  .task summary::-webkit-details-marker { display: none; }
  .task h2 { margin: 0; font-size: 16px; line-height: 1.3; overflow-wrap: anywhere; }
  .task summary::after { content: "▾" / ""; margin-inline-start: auto; color: var(--ac-muted); }
  .task:not([open]) summary::after { content: "▸" / ""; }
  .task dl { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 6px 0 0; }
  .task dl > div { display: flex; gap: 6px; min-width: 0; font-size: var(--ac-small); }
  .task dt { color: var(--ac-muted); }
  .task dd { margin: 0; overflow-wrap: anywhere; }
  .bar { display: flex; flex-wrap: wrap; gap: 6px 10px; align-items: center; padding: 6px 16px; border-bottom: 1px solid var(--ac-line); background: var(--ac-sunken); }
  .tabs { display: flex; gap: 2px; margin-inline-end: auto; padding: 2px; border-radius: 8px; background: var(--ac-hover); }
  .tabs button { min-height: 28px; border-color: transparent; background: none; color: var(--ac-muted); white-space: nowrap; }
  .tabs button[aria-selected="true"] { border-color: var(--ac-line); background: var(--ac-raised); color: var(--ac-text); font-weight: 600; }
  .tabs small { font-variant-numeric: tabular-nums; }
  .bar > button { white-space: nowrap; }
  select { min-height: 30px; width: 132px; padding-block: 2px; font-size: var(--ac-small); }
  .chip > span { display: inline-flex; align-items: center; }
  .list { position: relative; flex: 1; min-height: 0; padding: 6px 0 14px; overflow: auto; overscroll-behavior: contain; }
  .list:focus-visible { outline-offset: -2px; }
  .day { display: flex; gap: 12px; align-items: center; margin: 10px 16px 4px; color: var(--ac-muted); font-size: var(--ac-small); }
  .day::before, .day::after { content: ""; flex: 1; border-top: 1px solid var(--ac-line); }
  .empty { margin: 40px 16px; text-align: center; }
  .line { display: flex; gap: 10px; align-items: center; padding: 6px 16px; border-top: 1px solid var(--ac-line); font-size: var(--ac-small); }
  @media (max-width: 560px) {
    .task, .bar { padding-inline: 10px; }
    .task .type { display: none; }
    .tabs { width: 100%; margin: 0; }
    .tabs button { flex: 1; }
    .bar > select { flex: 1 1 100%; }
    .bar > button { flex: 1; padding-inline: 6px; }
  }
  @media print { .bar { display: none; } .list { overflow: visible; } }
`;
