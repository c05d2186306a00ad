# The binary is static and carries certificate authorities and time zones, so the image holds nothing else.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /enlist .

FROM scratch
COPY --from=build /enlist /enlist
USER 65532:65532
EXPOSE 9090 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/enlist", "health"]
ENTRYPOINT ["/enlist"]
CMD ["serve"]
