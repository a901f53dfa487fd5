export default {
  input: "openapi.json",
  output: "client",
  plugins: ["@hey-api/client-fetch", "@tanstack/react-query"],
};
