# docker build --tag hallpass .          How to run it: compose.yaml, docs/containers.md

# Both images below are of one Debian: what is compiled against its C library runs on it.
FROM node:24-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Nothing runs here but the compiler of TypeScript, so no package needs its install script.
RUN npm ci --ignore-scripts
COPY tsconfig.json ormconfig.ts ./
COPY src src
RUN npm run build && rm dist/.tsbuildinfo

FROM node:24-bookworm AS dependencies
# sqlite3 is compiled from the source that package-lock.json vouches for, with the headers that are
# here: its prebuilt binary and Node's headers would come from places that the file knows nothing of.
ENV npm_config_build_from_source=true \
    npm_config_nodedir=/usr/local
WORKDIR /app
COPY package.json package-lock.json ./
# Optional are only TypeScript, which @nestjs/swagger has a plugin for, and node-gyp, which npm has too.
# Of what the compilation leaves behind, some of it another user's, only the module itself is ever loaded.
RUN npm ci --omit=dev --omit=optional --engine-strict \
 && cd node_modules/sqlite3 \
 && mv build compiled \
 && install -D compiled/Release/node_sqlite3.node build/Release/node_sqlite3.node \
 && rm -r compiled deps

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Hallpass" \
      org.opencontainers.image.description="An OAuth 2.1 authorization server and a guarded API in one service" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    npm_config_update_notifier=false
WORKDIR /app
# The one folder that the server may write to. A volume that is mounted here takes over its owner.
RUN install --directory --owner=1000 --group=1000 --mode=0700 data
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
# The user `node`, as a number: Kubernetes cannot tell from a name that it is not root.
USER 1000:1000
# The default database is in there, and must outlive its container.
VOLUME ["/app/data"]
EXPOSE 3000
# Ready, not only alive: no engine restarts a container for this, but Compose and proxies wait for it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Not npm, which would stand between the signal to stop and the server.
CMD ["node", "dist/src/main.js"]
