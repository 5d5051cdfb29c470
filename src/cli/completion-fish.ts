/** Completion for fish, with descriptions. */
import type { Offer, OptionWords, ShellWords } from "./shell-words.ts";

export function completionForFish({ globals, commands, next }: ShellWords): string {
  const paths = new Set([...next.keys(), ...commands.map(({ path }) => path)]);
  paths.delete("");
  const valued = [...globals, ...commands.flatMap(({ options }) => options)].filter(({ value }) => value !== null);
  return `# fish completion for bsk. Use: bsk completion fish > ~/.config/fish/completions/bsk.fish
function __bsk_networks
    printf '%s\\n' mainnet testnet regtest
    set -l config $BSK_HOME
    test -n "$config"; or set config $XDG_CONFIG_HOME/bsk
    test -n "$BSK_HOME$XDG_CONFIG_HOME"; or set config $HOME/.config/bsk
    for file in $config/networks/*.json
        string replace -r '.*/(.*)\\.json$' '$1' -- $file
    end
end

# Prints the path of the command line so far, then the number of its arguments.
function __bsk_where
    set -l where
    set -l position 0
    set -l skip 0
    for word in (commandline -opc)[2..]
        if test $skip = 1
            set skip 0
            continue
        end
        if contains -- $word ${[...new Set(valued.flatMap(namesOf))].join(" ")}
            set skip 1
            continue
        end
        string match -q -- '-*' $word; and continue
        if test $position = 0; and contains -- (string join ' ' $where $word) ${[...paths].map(quote).join(" ")}
            set where $where $word
        else
            set position (math $position + 1)
        end
    end
    echo (string join ' ' $where)
    echo $position
end

function __bsk_at # PATH: these are the words of the command
    test (__bsk_where)[1] = $argv[1]
end

function __bsk_argument # PATH POSITION: the next argument is this one; a negative position means any
    set -l now (__bsk_where)
    test "$now[1]" = $argv[1]; and begin
        test $argv[2] = any; or test $now[2] = $argv[2]
    end
end

complete -c bsk -f
complete -c bsk -s h -l help -d 'show help'
${globals.map((option) => optionLine(null, option)).join("\n")}
${[...next].flatMap(([prefix, words]) => words.map(({ word, summary }) => `complete -c bsk -n ${quote(`__bsk_argument ${quote(prefix)} 0`)} -a ${quote(word)} -d ${quote(summary)}`)).join("\n")}
${commands.flatMap(({ path, options }) => options.map((option) => optionLine(path, option))).join("\n")}
${commands.flatMap(({ path, args, rest }) => args.flatMap((value, i) => argumentLine(path, rest && i === args.length - 1 ? "any" : String(i), value))).join("\n")}
`;
}

function optionLine(path: string | null, { long, short, summary, value }: OptionWords): string {
  const where = path === null ? "" : ` -n ${quote(`__bsk_at ${quote(path)}`)}`;
  const letter = short === null ? "" : ` -s ${short.slice(1)}`;
  return `complete -c bsk${where}${letter} -l ${long.slice(2)}${value === null ? "" : ` ${offer(value, true)}`} -d ${quote(summary)}`;
}

function argumentLine(path: string, position: string, value: Offer): readonly string[] {
  if ("kind" in value && value.kind === "nothing") return [];
  return [`complete -c bsk -n ${quote(`__bsk_argument ${quote(path)} ${position}`)} ${offer(value, false)}`];
}

function offer(value: Offer, required: boolean): string {
  const needs = required ? "-r " : "";
  if ("words" in value) return `${needs}-f -a ${quote(value.words.join(" "))}`;
  switch (value.kind) {
    case "file":
      return `${needs}-F`;
    case "directory":
      return `${needs}-f -a '(__fish_complete_directories)'`;
    case "network":
      return `${needs}-f -a '(__bsk_networks)'`;
    case "command":
      return `${needs}-f`;
    case "nothing":
      return `${needs}-f`;
  }
}

function namesOf({ long, short }: OptionWords): readonly string[] {
  return short === null ? [long] : [short, long];
}

/** Fish takes \\' inside single quotes. */
function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
