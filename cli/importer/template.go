package importer

import (
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strings"

	"google.golang.org/grpc"
)

// Template writes an empty CSV with a column for each field that a provider takes, the required
// ones first. It returns these, and the fields that need a column for each key.
func Template(ctx context.Context, connection *grpc.ClientConn, provider string, out io.Writer) (required, keyed []string, err error) {
	described, err := describe(ctx, connection, provider)
	if err != nil {
		return nil, nil, err
	}
	c := newCatalog(described, nil)
	for _, field := range described.GetFields() {
		if name := field.GetPath(); field.GetRequired() && c.taken[name] && !strings.Contains(name, "[*]") && !slices.Contains(required, name) {
			required = append(required, name)
		}
	}
	var others []string
	for name, taken := range c.taken {
		switch list, _, isKeyed := strings.Cut(name, "[*]"); {
		case !taken || slices.Contains(required, name):
		case isKeyed && !slices.Contains(keyed, list):
			keyed = append(keyed, list)
		case !isKeyed:
			others = append(others, name)
		}
	}
	slices.Sort(others)
	slices.Sort(keyed)
	w := csv.NewWriter(out)
	err = w.Write(append(slices.Clone(required), others...))
	w.Flush()
	return required, keyed, err
}
