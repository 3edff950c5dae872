package signin

import (
	"encoding/base64"
	"fmt"
	"io"
)

// NewToken returns a secret of 256 bits for a cookie or a link, in characters
// that stand in an address as they are. Keep its hash, not itself.
func NewToken(random io.Reader) (string, error) {
	var b [32]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}
