/** Where files live: `$BSK_HOME` or `--dir`, else the XDG base directories. */
import { join } from "node:path";

export interface Directories {
  /** `config.json` and `networks/`. */
  readonly config: string;
  /** What one network has on disk: wallet, journal, pins, `light/`, `node/`. Nothing is created. */
  readonly data: (network: string) => string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The directories of one call; `dir` (`--dir`) stands before `$BSK_HOME`. */
export function directoriesOf(environment: Environment, userHome: string, dir?: string): Directories {
  const home = given(dir) ?? given(environment["BSK_HOME"]);
  if (home !== null) return { config: home, data: (network) => join(home, network) };
  const config = join(given(environment["XDG_CONFIG_HOME"]) ?? join(userHome, ".config"), "bsk");
  const share = join(given(environment["XDG_DATA_HOME"]) ?? join(userHome, ".local", "share"), "bsk");
  return { config, data: (network) => join(share, network) };
}

function given(value: string | undefined): string | null {
  return value === undefined || value === "" ? null : value;
}
