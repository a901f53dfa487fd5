import type { Config } from "@react-router/dev/config";

export default {
  ssr: true,
  // As React Router 8 does without being asked.
  future: {
    v8_middleware: true,
    v8_passThroughRequests: true,
    v8_splitRouteModules: true,
    v8_trailingSlashAwareDataRequests: true,
    v8_viteEnvironmentApi: true,
  },
} satisfies Config;
