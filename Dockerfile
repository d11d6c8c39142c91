# syntax=docker/dockerfile:1

# Everything, to build the console with.
FROM node:26-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages/core/package.json packages/core/
COPY packages/bearer-auth/package.json packages/bearer-auth/
COPY packages/database/package.json packages/database/
COPY packages/api/package.json packages/api/
COPY packages/portal/package.json packages/portal/
COPY apps/server/package.json apps/server/
COPY apps/cli/package.json apps/cli/
COPY apps/console/package.json apps/console/
COPY apps/sample-api/package.json apps/sample-api/
COPY apps/bench/package.json apps/bench/
RUN npm ci --include=dev --ignore-scripts --no-audit --no-fund --loglevel=error
COPY . .
RUN node node_modules/vite/bin/vite.js build apps/console --logLevel=warn

# What the server runs on: no build tools, and no second Node.
FROM build AS production
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error \
  && rm -rf node_modules/node-linux-* node_modules/.bin/node apps/console/src apps/console/e2e

FROM node:26-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3010 LATCHKEY_DATA_DIR=/var/lib/latchkey NODE_COMPILE_CACHE=/tmp/node-compile-cache
WORKDIR /app
COPY --from=production /app /app
# Spool and secrets, and the embedded database where there is no DATABASE_URL. The volume takes its owner from here.
RUN install -d -o node -g node -m 700 /var/lib/latchkey
VOLUME /var/lib/latchkey
USER node
EXPOSE 3010
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/server/src/main.ts"]
