// Package deploy checks the files of this folder: that they are what Prometheus, Grafana, Kubernetes, Compose and systemd take, and that they
// fit the Enlist that is built beside them. It is a module of its own, so that the service does not depend on any of that.
package deploy
