// axios without what a command line never uses, and every command that asks a server would pay for at its start: its fetch
// adapter and its look at the global FormData load all of Node's fetch (undici), its forms a table of all media types.
import { readFile } from "node:fs/promises";

const FORM_DATA = "typeof G.FormData !== 'undefined' ? G.FormData : undefined";

/** For esbuild. Fails the build when axios no longer looks as expected. */
export const lightAxios = {
  name: "light-axios",
  setup(build) {
    build.onLoad({ filter: /axios\/lib\/adapters\/fetch\.js$/ }, () => ({
      contents: "export const getFetch = () => null; export default null;",
    }));
    build.onLoad({ filter: /axios\/lib\/platform\/node\/classes\/FormData\.js$/ }, () => ({
      contents: "export default undefined;",
    }));
    build.onLoad({ filter: /axios\/lib\/utils\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (!text.includes(FORM_DATA)) throw new Error(`${path} does not look for FormData as it used to`);
      return { contents: text.replace(FORM_DATA, "undefined") };
    });
  },
};
