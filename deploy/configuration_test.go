package deploy_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// checkConfiguration makes Enlist check a configuration, with secrets from a folder.
func checkConfiguration(t *testing.T, config, secrets string) {
	t.Helper()
	folder := t.TempDir()
	for name, content := range map[string]string{
		"postgres_dsn": "postgres://enlist@127.0.0.1/enlist", "journal_key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "caliq_api_key": "k",
	} {
		write(t, filepath.Join(folder, name), content)
	}
	config = strings.ReplaceAll(config, secrets, folder+"/")
	if strings.Contains(config, "/run/tls/") {
		writeCertificate(t, folder)
		config = strings.ReplaceAll(config, "/run/tls/", folder+"/")
	}
	out, err := exec.Command(binary, "check", "--config", write(t, filepath.Join(folder, "enlist.yaml"), config)).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// writeCertificate writes a self-signed certificate as tls.crt, tls.key and ca.crt.
func writeCertificate(t *testing.T, folder string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"enlist"}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	write(t, filepath.Join(folder, "tls.crt"), certificate)
	write(t, filepath.Join(folder, "ca.crt"), certificate)
	write(t, filepath.Join(folder, "tls.key"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
}
