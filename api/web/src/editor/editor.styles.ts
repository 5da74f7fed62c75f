import { css } from "lit";

export const look = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .frame {
    display: grid;
    border: 1px solid var(--ac-strong-line);
    border-radius: 10px;
    background: var(--ac-surface);
  }
  .frame:focus-within {
    border-color: var(--ac-accent);
  }
  .frame.note {
    border-color: var(--ac-warning);
    background: var(--ac-warning-soft);
  }
  .note-head {
    padding: 5px 12px;
    border-bottom: 1px solid color-mix(in srgb, var(--ac-warning) 40%, transparent);
    color: var(--ac-warning);
    font-size: var(--ac-small);
    font-weight: 600;
  }
  ac-questions {
    display: block;
    max-height: 168px;
    overflow: auto;
    border-bottom: 1px solid var(--ac-line);
  }
  .desk,
  .writing,
  .text {
    min-width: 0;
  }
  .text {
    cursor: text;
  }
  @container (min-width: 680px) {
    .desk:has(ac-questions) {
      display: grid;
      grid-template-columns: minmax(0, 1fr) 33%;
    }
    .desk ac-questions {
      grid-area: 1 / 2;
      max-height: 300px;
      border-bottom: 0;
    }
    ac-questions + .writing {
      border-inline-end: 1px solid var(--ac-line);
    }
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 8px;
    align-items: center;
    padding: 4px 8px 4px 12px;
  }
  .proposal {
    border-bottom: 1px solid var(--ac-line);
    background: var(--ac-sunken);
    font-size: var(--ac-small);
  }
  .proposal select {
    max-width: 230px;
    min-height: 28px;
    padding: 1px 6px;
  }
  .proposal .grow {
    flex: 1 0 auto;
  }
  .proposal label {
    display: flex;
    gap: 6px;
    align-items: center;
  }
  .origin {
    overflow: hidden;
    min-height: 22px;
    padding: 0 14px;
    color: var(--ac-muted);
    font-size: 12px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .tags,
  .foot,
  ac-findings {
    border-top: 1px solid var(--ac-line);
  }
  ac-findings {
    display: block;
  }
  .files {
    padding-top: 0;
  }
  .foot {
    min-height: 44px;
    padding: 6px 8px;
  }
  .grow {
    flex: 1 1 0;
    min-width: 0;
  }
  .count {
    gap: 8px;
    font-weight: 600;
    font-size: var(--ac-small);
  }
  .origin.trouble {
    color: var(--ac-warning);
  }
  .origin .link {
    min-height: 0;
    font-size: inherit;
  }
  .keys {
    position: fixed;
    inset: auto 16px 72px auto;
    width: min(380px, calc(100vw - 32px));
    max-width: none;
    margin: 0;
    padding: 12px 16px;
  }
  .keys dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 4px 12px;
    margin: 0;
  }
  .keys dd {
    margin: 0;
    color: var(--ac-muted);
  }
  kbd {
    padding: 1px 5px;
    border: 1px solid var(--ac-line);
    border-radius: 4px;
    background: var(--ac-sunken);
    font: 11.5px var(--ac-font);
    white-space: nowrap;
  }
  .send kbd {
    border-color: color-mix(in srgb, var(--ac-on-accent) 40%, transparent);
    background: none;
    font-weight: 400;
  }
  @media (max-width: 560px) {
    .send kbd,
    .wide {
      display: none;
    }
    .foot .grow {
      flex-basis: 100%;
    }
    .foot button:not(.icon) {
      padding-inline: 9px;
    }
    ac-questions {
      max-height: 124px;
    }
    .proposal select {
      max-width: 168px;
    }
    .send {
      margin-inline-start: auto;
    }
  }
`;
