/** Completion for zsh, with descriptions. */
import type { Offer, OptionWords, ShellWords } from "./shell-words.ts";

export function completionForZsh({ globals, commands, next }: ShellWords): string {
  return `#compdef bsk
# zsh completion for bsk. Use: source <(bsk completion zsh), or save it as _bsk in a directory of $fpath
_bsk_networks() {
  local -a names=(mainnet testnet regtest \${BSK_HOME:-\${XDG_CONFIG_HOME:-$HOME/.config}/bsk}/networks/*.json(N:t:r))
  compadd -a names
}

_bsk_next() {
  case $1 in
${[...next].map(([prefix, words]) => `    ${quote(prefix)}) reply=(${words.map(({ word, summary }) => described(word, summary)).join(" ")}) ;;`).join("\n")}
    *) reply=() ;;
  esac
}

_bsk_options() {
  reply=(${globals.flatMap(describedOption).join(" ")} ${described("--help", "show help")})
  case $1 in
${commands
  .filter(({ options }) => options.length > 0)
  .map(({ path, options }) => `    ${quote(path)}) reply+=(${options.flatMap(describedOption).join(" ")}) ;;`)
  .join("\n")}
  esac
}

_bsk_option_value() { # PATH OPTION [only]; fails if the option takes no value, offers nothing with "only"
  case $1:$2 in
${globals
  .filter(hasValue)
  .map((option) => `    ${patterns("*", option)}) [[ $3 == only ]] || ${offer(option.value)} ;;`)
  .join("\n")}
${commands.flatMap(({ path, options }) => options.filter(hasValue).map((option) => `    ${patterns(quote(path), option)}) [[ $3 == only ]] || ${offer(option.value)} ;;`)).join("\n")}
    *) return 1 ;;
  esac
  return 0
}

_bsk_argument() { # PATH POSITION
  case $1:$2 in
${commands.flatMap(({ path, args, rest }) => args.map((value, i) => `    ${quote(path)}:${rest && i === args.length - 1 ? "*" : String(i)}) ${offer(value)} ;;`)).join("\n")}
  esac
}

_bsk() {
  local -a reply following
  local where="" word
  local -i at position=0
  for ((at = 2; at < CURRENT; at++)); do
    word=$words[at]
    if [[ $word == -* ]]; then
      _bsk_option_value "$where" "$word" only && ((at + 1 < CURRENT)) && ((at++))
      continue
    fi
    _bsk_next "$where"
    following=(\${reply%%:*})
    if ((position == 0 && \${following[(Ie)$word]})); then where="\${where:+$where }$word"; else ((position++)); fi
  done
  if [[ $words[CURRENT-1] == -* ]] && _bsk_option_value "$where" "$words[CURRENT-1]" only; then
    _bsk_option_value "$where" "$words[CURRENT-1]"
    return
  fi
  if [[ $words[CURRENT] == -* ]]; then
    _bsk_options "$where"
    _describe -o option reply
    return
  fi
  _bsk_next "$where"
  if ((position == 0 && $#reply)); then _describe command reply; fi
  _bsk_argument "$where" "$position"
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _bsk "$@"; else compdef _bsk bsk; fi
`;
}

function offer(value: Offer): string {
  if ("words" in value) return `compadd -- ${value.words.map(quote).join(" ")}`;
  switch (value.kind) {
    case "file":
      return "_files";
    case "directory":
      return "_files -/";
    case "network":
      return "_bsk_networks";
    case "command":
      return "{ _bsk_next ''; _describe command reply }";
    case "nothing":
      return ":";
  }
}

function describedOption({ long, short, summary }: OptionWords): readonly string[] {
  return short === null ? [described(long, summary)] : [described(short, summary), described(long, summary)];
}

/** `'word:summary'`, as _describe reads it: colons in the word would be separators. */
function described(word: string, summary: string): string {
  return quote(`${word.replaceAll(":", "\\:")}:${summary}`);
}

function patterns(path: string, { long, short }: OptionWords): string {
  return short === null ? `${path}:${long}` : `${path}:${short}|${path}:${long}`;
}

function hasValue(option: OptionWords): option is OptionWords & { readonly value: Offer } {
  return option.value !== null;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
