# One image for api, worker and migrate. The TypeScript files run as they are.
FROM node:22-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:22-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json tsconfig.json ./
COPY core core
COPY db db
COPY quickbooks quickbooks
COPY activities activities
COPY workflows workflows
COPY worker worker
COPY api api
USER node
EXPOSE 4000
CMD ["node", "--import", "tsx", "api/main.ts"]
