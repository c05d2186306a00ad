package config

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

// File is a configuration file that can be read again while the server runs with it. Not safe for
// concurrent use.
type File struct {
	name    string
	decoder *decoder                     // of the latest read
	seen    map[string][sha256.Size]byte // the files of the latest read, and their content
}

// NewFile returns a file that was not yet read.
func NewFile(name string) *File { return &File{name: name} }

// Name returns the name of the file.
func (f *File) Name() string { return f.name }

// Load reads, completes and checks the file. The error is an *Invalid, or the reason why the file
// cannot be read.
func (f *File) Load() (*configv1.Config, error) {
	config, err := f.parse()
	if _, missing := os.Stat(f.name); err != nil && errors.Is(missing, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w. Write one with `enlist init`", err)
	}
	if err != nil {
		return nil, err
	}
	SetDefaults(config)
	return config, nil
}

// Reload does what Load does for a server that runs with a configuration. It also refuses each
// change that needs a restart.
func (f *File) Reload(running *configv1.Config) (*configv1.Config, error) {
	config, err := f.parse()
	if err == nil {
		SetDefaults(config)
		f.decoder.checkRestart(running, config)
		err = f.decoder.invalid(f.name)
	}
	if invalid := (*Invalid)(nil); errors.As(err, &invalid) {
		invalid.Reloads = true
	}
	return config, err
}

// Refuse returns the error of one more problem of the file that Reload has just read.
func (f *File) Refuse(path, description string) error {
	f.decoder.problem(path, description)
	return &Invalid{File: f.name, Problems: f.decoder.problems, Reloads: true}
}

// AdminAddress returns admin.address of a file, which may have problems elsewhere. It is empty if
// the file has none.
func AdminAddress(name string) (string, error) {
	f, config := NewFile(name), &configv1.Config{}
	data, err := f.open()
	if err == nil {
		err = f.decoder.decode(data, config)
	}
	return config.GetAdmin().GetAddress(), err
}

func (f *File) parse() (*configv1.Config, error) {
	data, err := f.open()
	if err != nil {
		return nil, err
	}
	return f.decoder.parse(f.name, data)
}

// open begins to read the file and those that it names.
func (f *File) open() ([]byte, error) {
	f.seen = map[string][sha256.Size]byte{}
	f.decoder = &decoder{environment: os.LookupEnv, readFile: f.read, lines: map[string]int{}}
	return f.read(f.name)
}

// read reads a file for the configuration, and remembers its content.
func (f *File) read(name string) ([]byte, error) {
	content, err := os.ReadFile(name) //nolint:gosec // the operator names the file
	f.seen[name] = digest(content, err)
	return content, err
}

// Digest identifies the content of the files.
type Digest [sha256.Size]byte

// Seen identifies what the latest Load or Reload has read.
func (f *File) Seen() Digest { return digestOf(f.seen) }

// Look reads the same files again and identifies their present content. It compares content,
// because times and names show nothing if a path is a link that moves, as in Kubernetes.
func (f *File) Look() Digest {
	now := make(map[string][sha256.Size]byte, len(f.seen))
	for name := range f.seen {
		now[name] = digest(os.ReadFile(name)) //nolint:gosec // the operator names the file
	}
	return digestOf(now)
}

func digest(content []byte, err error) [sha256.Size]byte {
	if err != nil {
		return sha256.Sum256([]byte("error: " + err.Error()))
	}
	return sha256.Sum256(content)
}

func digestOf(files map[string][sha256.Size]byte) Digest {
	return sha256.Sum256(fmt.Append(nil, files)) // fmt sorts the keys of a map
}
