/** What a model's page reads of its record.json (training/export/record.ts). */
export interface RecordOnPage {
  readonly commands: readonly string[];
  readonly figures: readonly {
    readonly title: string;
    readonly commands: readonly string[];
    readonly tables: readonly (readonly (readonly string[])[])[];
    readonly notes: readonly string[];
  }[];
  readonly intendedUse: readonly string[];
  readonly limits: readonly string[];
  readonly notes: readonly string[];
}
