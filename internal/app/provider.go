package app

import (
	"fmt"

	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/signin"
)

// Provider says through which identity provider people may come in.
type Provider struct {
	ID      string   // in addresses
	Label   string   // on buttons
	Domains []string // of the addresses that it is believed about; nil: any
	signin.ProviderConfig
}

// providers opens the configured ones. Nobody is asked yet, so that the program
// starts without them.
func (c *Config) providers() ([]people.Provider, error) {
	var out []people.Provider
	for _, p := range c.Providers {
		if c.Origin == nil {
			return nil, fault.New(fault.Invalid, "serve.provider-origin", "identity providers need the address of the site").
				Do("Start with --origin https://... as well")
		}
		p.Redirect = c.Origin.JoinPath("sign-in", "with", p.ID).String()
		p.Now, p.Random = c.Now, c.Random
		opened, err := signin.NewProvider(p.ProviderConfig)
		if err != nil {
			return nil, fmt.Errorf("open the identity provider %s: %w", p.ID, err)
		}
		out = append(out, people.Provider{Provider: opened, ID: p.ID, Label: p.Label, Domains: p.Domains})
	}
	return out, nil
}
