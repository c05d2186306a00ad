// Package deploy checks the files of this folder: Prometheus, Grafana, Kubernetes, Compose and
// systemd accept them, and they fit the Enlist that is built beside them. It is a module of its
// own, so that the service does not depend on these tools.
//
// The package has tests only, and no other package imports it.
package deploy
