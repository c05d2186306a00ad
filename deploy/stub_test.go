package deploy_test

import (
	_ "github.com/compose-spec/compose-go/v2/loader"
	_ "github.com/prometheus/prometheus/promql/parser"
	_ "k8s.io/client-go/kubernetes/scheme"
	_ "sigs.k8s.io/kustomize/api/krusty"
	_ "sigs.k8s.io/kustomize/kyaml/filesys"
)
