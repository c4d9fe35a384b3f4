# syntax=docker/dockerfile:1
# Tillgate in a small image: one binary that needs nothing but libc and the public certificate authorities, run by a user
# without rights.

FROM rust:1.95-bookworm AS build
WORKDIR /source
COPY . .
# OpenSSL and SQLite are built in, from source.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --release --locked --workspace && cp target/release/tillgate /tillgate

FROM debian:bookworm-slim
# The store's MCP server does not start without authorities to trust.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 65532 --home-dir /var/lib/tillgate --create-home tillgate
COPY --from=build /tillgate /usr/local/bin/tillgate
USER tillgate
WORKDIR /var/lib/tillgate
VOLUME /var/lib/tillgate
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
ENTRYPOINT ["tillgate"]
CMD ["serve"]
