package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"peerscape/internal/app"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/signin"
)

// providerFile is the list of identity providers as the operator writes it.
type providerFile struct {
	Provider []struct {
		ID             string   `toml:"id"`
		Label          string   `toml:"label"`
		Issuer         string   `toml:"issuer"`
		Client         string   `toml:"client"`
		SecretFile     string   `toml:"secret_file"`
		SecretVariable string   `toml:"secret_variable"`
		Scopes         []string `toml:"scopes"`
		Domains        []string `toml:"domains"`
		Strong         []string `toml:"strong"`
	} `toml:"provider"`
}

// named is what can stand in an address.
var named = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// readProviders reads the list of identity providers; an empty path is none.
// Secrets stand in files or variables of their own, never in the list.
func readProviders(path string) ([]app.Provider, error) {
	if path == "" {
		return nil, nil
	}
	var file providerFile
	known, err := toml.DecodeFile(path, &file)
	if err != nil {
		return nil, badProviders(path, "cannot be read", "Write it as docs/identity.md shows").Because(err)
	}
	if rest := known.Undecoded(); len(rest) > 0 {
		return nil, badProviders(path, fmt.Sprintf("has the unknown line %q", rest[0].String()), "Remove it, or correct its name")
	}
	var out []app.Provider
	for _, p := range file.Provider {
		if !named.MatchString(p.ID) || slices.ContainsFunc(out, func(o app.Provider) bool { return o.ID == p.ID || o.Issuer == p.Issuer }) {
			return nil, badProviders(path, fmt.Sprintf("names the provider %q badly, or twice", p.ID), "Give each an id of its own in small letters, and an issuer of its own")
		}
		if strings.TrimSpace(p.Label) == "" {
			return nil, badProviders(path, fmt.Sprintf("gives %s no label", p.ID), "Write the name that people know it by")
		}
		secret, err := providerSecret(path, p.SecretFile, p.SecretVariable)
		if err != nil {
			return nil, err
		}
		for i, d := range p.Domains {
			p.Domains[i] = strings.ToLower(d)
		}
		out = append(out, app.Provider{ID: p.ID, Label: p.Label, Domains: p.Domains, ProviderConfig: signin.ProviderConfig{
			Issuer: p.Issuer, Client: p.Client, Secret: secret, Scopes: p.Scopes, Strong: p.Strong,
		}})
	}
	return out, nil
}

// providerSecret reads a secret from a file, named from the folder of the list, or
// from a variable. None is a client without secret.
func providerSecret(path, file, variable string) (string, error) {
	secret := ""
	switch {
	case file != "":
		if !filepath.IsAbs(file) {
			file = filepath.Join(filepath.Dir(path), file)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return "", badProviders(path, fmt.Sprintf("names the secret file %q, which cannot be read", file), "Check the name and who may read it").Because(err)
		}
		secret = strings.TrimSpace(string(b))
	case variable != "":
		secret = os.Getenv(variable)
	default:
		return "", nil
	}
	if secret == "" {
		return "", badProviders(path, "names a secret that is empty", "Write the secret into the file or the variable that it names")
	}
	return secret, nil
}

func badProviders(path, what, cure string) *fault.Error {
	return fault.New(fault.Invalid, "serve.providers", "%s %s", filepath.Base(path), what).Do("%s", cure)
}
