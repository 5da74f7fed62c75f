import type { components } from "../api.d.ts";

type Schemas = components["schemas"];

export type Review = Schemas["Review"];
export type Evidence = Schemas["Evidence"];
export type ChecklistItem = Schemas["ChecklistItem"];
export type BookingElement = Schemas["BookingElement"];
export type TagRemark = Schemas["TagRemark"];
export type NoteRemark = Schemas["NoteRemark"];
export type Letter = Schemas["Letter"];
