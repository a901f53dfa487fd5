export default {
  shop: {
    input: "openapi.json",
    output: {
      target: "client/index.ts",
      client: "react-query",
      httpClient: "fetch",
      override: { fetch: { includeHttpResponseReturnType: false } },
    },
  },
};
