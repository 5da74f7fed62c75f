import { css } from "lit";

export const messageStyles = css`
  :host { display: grid; grid-template-columns: 32px minmax(0, 1fr); gap: 10px; padding: 8px 16px; scroll-margin: 8px 0; }
  :host([reviewed]) { background: var(--ac-accent-soft); }
  .avatar {
    display: grid; place-items: center; width: 32px; height: 32px; border-radius: 50%;
    background: var(--ac-open-soft); color: var(--ac-open); font-size: 12px; font-weight: 600;
  }
  .avatar.assistant { background: var(--ac-ok-soft); color: var(--ac-ok); }
  .avatar.team { background: var(--ac-accent-soft); color: var(--ac-accent); }
  article { min-width: 0; padding: 8px 12px 10px; border: 1px solid var(--ac-line); border-radius: 10px; background: var(--ac-surface); }
  article.assistant, article.team { background: var(--ac-sunken); }
  article.note { border-color: color-mix(in srgb, var(--ac-warning) 35%, var(--ac-line)); background: var(--ac-warning-soft); }
  header { display: flex; flex-wrap: wrap; gap: 2px 8px; align-items: baseline; }
  .role { color: var(--ac-muted); font-size: var(--ac-small); }
  .role.note { padding: 0 6px; border: 1px solid currentColor; border-radius: 8px; color: var(--ac-warning); }
  header b { min-width: 0; overflow-wrap: anywhere; }
  .when { margin-inline-start: auto; color: var(--ac-muted); font-size: 11.5px; white-space: nowrap; font-variant-numeric: tabular-nums; }
  time { padding-inline-start: 6px; font-size: var(--ac-small); }
  .text { margin: 2px 0 8px; max-width: 78ch; overflow-wrap: anywhere; white-space: pre-wrap; }
  .question { border-radius: 3px; box-shadow: inset 0 -2px var(--ac-open); background: var(--ac-open-soft); cursor: pointer; }
  .question.answered { box-shadow: inset 0 -2px var(--ac-ok); background: none; }
  .question.drafted { box-shadow: inset 0 -2px var(--ac-ok); background: var(--ac-ok-soft); }
  .question.deferred { box-shadow: inset 0 -2px var(--ac-warning); background: none; }
  .question:hover, .question.picked { background: var(--ac-mark); }
  .sign {
    display: inline-grid; place-items: center; width: 15px; height: 15px; margin: 0 2px; border-radius: 50%; vertical-align: 1px;
    background: var(--ac-open); color: var(--ac-surface); font-size: 10.5px; font-weight: 700; line-height: 1; user-select: none;
  }
  .answered > .sign, .drafted > .sign { background: var(--ac-ok); }
  .deferred > .sign { background: var(--ac-warning); }
  .evidence, .answer { border-radius: 2px; background: var(--ac-mark); }
  .finding { text-decoration: underline wavy 1px var(--ac-hint); text-underline-offset: 3px; }
  .finding.error, .finding.warning, .finding.hint { color: inherit; }
  .finding.error { text-decoration-color: var(--ac-error); }
  .finding.warning { text-decoration-color: var(--ac-warning); }
  .files { display: flex; flex-wrap: wrap; gap: 6px; margin: 0 0 8px; padding: 0; list-style: none; }
  .files li { padding: 2px 9px; border: 1px solid var(--ac-line); border-radius: 6px; background: var(--ac-surface); font-size: var(--ac-small); overflow-wrap: anywhere; }
  .findings { margin: 0 0 8px; font-size: var(--ac-small); }
  .findings summary { width: fit-content; cursor: pointer; }
  .findings ul { margin: 4px 0 0; padding-inline-start: 18px; }
  @media (max-width: 560px) {
    :host { grid-template-columns: minmax(0, 1fr); padding: 6px 10px; }
    .avatar { display: none; }
  }
  @media print {
    .sign, ac-tag-row { display: none; }
  }
`;
