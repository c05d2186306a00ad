package deploy_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// render returns the objects that `kubectl apply --kustomize` would send.
func render(t *testing.T, folder string) [][]byte {
	t.Helper()
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), "kubernetes/"+folder)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for _, resource := range resources.Resources() {
		text, err := resource.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	return all
}

// decode reads an object as strictly as the API server does with fieldValidation=Strict.
func decode(text []byte) (runtime.Object, error) {
	object, _, err := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer().Decode(text, nil, nil)
	return object, err
}

// Kubernetes knows every object and each of its fields. Pods meet the restricted standard and have
// enough time to stop.
func TestKubernetes(t *testing.T) {
	for _, folder := range []string{"base", "overlays/tls"} {
		t.Run(folder, func(t *testing.T) {
			var deployment *appsv1.Deployment
			var config string
			var kinds []string
			for _, text := range render(t, folder) {
				object, err := decode(text)
				if err != nil {
					t.Errorf("%v in\n%s", err, text)
					continue
				}
				kinds = append(kinds, object.GetObjectKind().GroupVersionKind().Kind)
				switch object := object.(type) {
				case *appsv1.Deployment:
					deployment = object
				case *corev1.ConfigMap:
					config = object.Data["enlist.yaml"]
				}
			}
			slices.Sort(kinds)
			if got := strings.Join(slices.Compact(kinds), " "); got !=
				"ConfigMap Deployment HorizontalPodAutoscaler NetworkPolicy PodDisruptionBudget Service ServiceAccount" {
				t.Errorf("there are %s", got)
			}
			pod := deployment.Spec.Template
			for _, problem := range restricted(t, &pod) {
				t.Error(problem)
			}
			if grace := time.Duration(*pod.Spec.TerminationGracePeriodSeconds) * time.Second; grace < stopTime(t, config)+5*time.Second {
				t.Errorf("a pod has %s to stop, and takes up to %s", grace, stopTime(t, config))
			}
			t.Run("configuration", func(t *testing.T) { checkConfiguration(t, config, "/run/secrets/enlist/") })
		})
	}
}

// restricted reports how a pod violates the restricted Pod Security Standard.
func restricted(t *testing.T, pod *corev1.PodTemplateSpec) (problems []string) {
	t.Helper()
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range evaluator.EvaluatePod(api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}, &pod.ObjectMeta, &pod.Spec) {
		if !result.Allowed {
			problems = append(problems, result.ForbiddenReason+": "+result.ForbiddenDetail)
		}
	}
	return problems
}

// Each object keeps to the schemas that Kubernetes publishes, which require fields, too.
func TestKubernetesSchemas(t *testing.T) {
	const program = "../.tools/openapi/bin/kubernetes-validate"
	if _, err := os.Stat(program); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no kubernetes-validate here, which CI must run: make openapi-tools")
		}
		t.Skip("no kubernetes-validate here: make openapi-tools, which needs Python with venv")
	}
	validate := func(objects []byte) (string, error) {
		file := filepath.Join(t.TempDir(), "objects.yaml")
		if err := os.WriteFile(file, objects, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(program, "--strict", file).CombinedOutput()
		return string(out), err
	}
	for _, folder := range []string{"base", "overlays/tls"} {
		objects := render(t, folder)
		out, err := validate(bytes.Join(objects, []byte("---\n")))
		if passed := strings.Count(out, " passed for resource "); err != nil || passed != len(objects) || strings.Contains(out, "WARN") {
			t.Errorf("%s: %d of %d objects passed: %v\n%s", folder, passed, len(objects), err, out)
		}
	}
	wrong := mustReplace(t, read(t, "kubernetes/base/deployment.yaml"), "containerPort: 9090", "hostPort: 9090")
	if out, err := validate([]byte(wrong)); err == nil || !strings.Contains(out, "containerPort") {
		t.Errorf("a port without its number passed: %v\n%s", err, out)
	}
}

func TestKubernetesIsChecked(t *testing.T) {
	good := read(t, "kubernetes/base/deployment.yaml")
	if _, err := decode([]byte(mustReplace(t, good, "readOnlyRootFilesystem", "readOnlyRootFileSystem"))); err == nil {
		t.Error("a misspelt field is taken")
	}
	object, err := decode([]byte(mustReplace(t, good, "allowPrivilegeEscalation: false", "privileged: true")))
	if err != nil {
		t.Fatal(err)
	}
	if problems := restricted(t, &object.(*appsv1.Deployment).Spec.Template); len(problems) < 2 {
		t.Errorf("a privileged container is refused for %v", problems)
	}
}

// stopTime returns the longest time that Enlist takes to stop with a configuration.
func stopTime(t *testing.T, config string) time.Duration {
	t.Helper()
	var parsed struct {
		Shutdown struct{ Delay, Timeout time.Duration }
	}
	if err := yaml.Unmarshal([]byte(config), &parsed); err != nil {
		t.Fatal(err)
	}
	return parsed.Shutdown.Delay + parsed.Shutdown.Timeout + time.Second // the last second is for the final log lines
}
