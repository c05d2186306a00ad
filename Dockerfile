# The binary is static and carries certificate authorities and time zones, so the image holds nothing else.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# What `enlist version` and the metric enlist_build_info say.
ARG VERSION=
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X github.com/enlist-dev/enlist/cli.release=$VERSION" -o /enlist . && mkdir -p /folders/tmp /folders/var/lib/enlist

FROM scratch
COPY --from=build /enlist /enlist
# For an SQLite journal (mount a volume, or it goes with the container), and for the one of the built-in sandbox.
COPY --from=build --chown=65532:65532 /folders/ /
WORKDIR /var/lib/enlist
ENV ENLIST_STATE=/var/lib/enlist
VOLUME /var/lib/enlist
USER 65532:65532
EXPOSE 9090 8080 9091
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/enlist", "health"]
ENTRYPOINT ["/enlist"]
CMD ["serve"]
