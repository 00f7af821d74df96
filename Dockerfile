# Tags are written out here so that the file can be read; whoever publishes an image pins them by
# digest (`FROM node:24-bookworm-slim@sha256:…`) and lets a bot move the digests, so that the same
# commit builds the same image twice.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json LICENSE ./
COPY scripts/assemble-image-tree.sh scripts/
COPY config/ config/
COPY src/ src/
RUN sh scripts/assemble-image-tree.sh /image

# No shell, no package manager. There is no HEALTHCHECK: it would need a client in the image, and
# Kubernetes, which asks /livez and /readyz on the ops port, ignores it.
FROM gcr.io/distroless/nodejs24-debian12:nonroot
LABEL org.opencontainers.image.title="sallyport" \
      org.opencontainers.image.description="Identity-aware proxy between CI and the Temporal frontend" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
# Owned by root: the process cannot change its own code. It writes nowhere but to audit.directory.
COPY --from=build /image/ ./
ENV NODE_ENV=production
# By number, so that Kubernetes can tell that it is not root.
USER 65532:65532
EXPOSE 7443 9443
STOPSIGNAL SIGTERM
# V8 would learn from the first, slow calls to make their objects among those that live for long.
ENTRYPOINT ["/nodejs/bin/node", "--no-allocation-site-pretenuring", "/app/dist/main.js"]
CMD ["serve", "--config", "/etc/sallyport/sallyport.yaml"]
