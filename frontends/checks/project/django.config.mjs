import path from "path";
import { fileURLToPath } from "url";

const __dirname = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(__dirname, ".");

export default {
  source: {
    django: {
      managePath: path.join(root, "backend/manage.py"),
      command: [process.env.PROJECT_PYTHON],
      env: {
        PYTHONPATH: process.env.PROJECT_ROOT,
        DJANGO_SETTINGS_MODULE: "examples.shop.django_project.settings",
      },
    },
  },
  output: "src/api",
};
