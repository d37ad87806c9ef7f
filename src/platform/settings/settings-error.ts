/** The boot stops on these settings. No fault quotes a value, so that no secret reaches a log. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  /** @param faults one line each: the setting's name, what is wrong, what would be right */
  constructor(readonly faults: readonly string[]) {
    super(['Hallpass cannot start with these settings:', ...faults].join('\n- '));
  }
}
