import type { NextConfig } from "next";

const config: NextConfig = {
  // The repository around this folder has a lock file, too.
  turbopack: { root: import.meta.dirname },
  // URLs of the shop end in a slash.
  skipTrailingSlashRedirect: true,
};

export default config;
