"use strict";
/** One node per directory: a file `lock` with the process id of its holder. One left by a dead process is taken over. */
const fs = require("node:fs");

function lockDir(path) {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      fs.writeFileSync(path, String(process.pid), { flag: "wx", mode: 0o600 });
      return () => fs.rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = Number(fs.readFileSync(path, "utf8"));
    if (isAlive(holder)) throw new Error(`its directory is in use by process ${holder}`);
    fs.rmSync(path, { force: true });
  }
  throw new Error(`cannot lock "${path}"`);
}

function isAlive(pid) {
  if (!Number.isInteger(pid) || pid < 1 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

module.exports = { lockDir };
