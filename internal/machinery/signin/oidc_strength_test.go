package signin

import (
	"encoding/json"
	"testing"
)

// A second factor counts where the provider says so in words that we know.
func TestStrength(t *testing.T) {
	for body, want := range map[string]bool{
		`{}`:                                  false,
		`{"amr": ["pwd"]}`:                    false,
		`{"amr": ["mfa"]}`:                    true,
		`{"amr": "mfa"}`:                      true,
		`{"amr": ["pwd", "otp"]}`:             true,
		`{"amr": ["otp"]}`:                    false,
		`{"amr": ["hwk"], "acr": "1"}`:        false,
		`{"amr": ["hwk", "pin"]}`:             true,
		`{"amr": {"mfa": true}}`:              false,
		`{"acr": "phr"}`:                      true,
		`{"acr": "gold"}`:                     true,
		`{"acr": "golden", "amr": ["sms"]}`:   false,
		`{"acr": 2, "amr": ["pwd", "kba"]}`:   false,
		`{"acr": null, "amr": ["tel","fpt"]}`: true,
	} {
		var c claims
		if err := json.Unmarshal([]byte(body), &c); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if got := c.strong([]string{"gold"}); got != want {
			t.Errorf("%s: strong is %v", body, got)
		}
	}
}
