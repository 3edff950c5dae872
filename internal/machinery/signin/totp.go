package signin

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238; the applications on phones know no other
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"rsc.io/qr"
)

// period and digits are those that every application knows (RFC 6238).
const (
	period = 30 * time.Second
	digits = 6

	shortestKey = 16 // bytes (RFC 4226, R6): where no secret is kept, no code is right
)

var base = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewCodeSecret returns the secret of one-time codes, 160 bits in base 32.
func NewCodeSecret(random io.Reader) (string, error) {
	var b [20]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	return base.EncodeToString(b[:]), nil
}

// MatchCode reports whether a code is right at a time, one step of thirty seconds
// to either side forgiven, and which step it is of. A code of the step last used,
// or of one before, is refused: nobody uses a code that was watched. The caller
// keeps the step.
func MatchCode(secret, code string, now time.Time, last int64) (step int64, right bool) {
	key, err := base.DecodeString(secret)
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	if err != nil || len(key) < shortestKey || len(code) != digits {
		return 0, false
	}
	at := now.Unix() / int64(period/time.Second)
	for s := at - 1; s <= at+1; s++ { // all three, so that the time tells nothing
		if subtle.ConstantTimeCompare([]byte(codeAt(key, s)), []byte(code)) == 1 && s > last {
			step, right = s, true
		}
	}
	return step, right
}

// codeAt is HOTP (RFC 4226) of a step.
func codeAt(key []byte, step int64) string {
	m := hmac.New(sha1.New, key)
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(step))
	m.Write(b[:])
	sum := m.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[at:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", digits, n%1_000_000)
}

// CodeURI is what an application for one-time codes reads from a QR code.
func CodeURI(secret, site, account string) string {
	q := url.Values{"secret": {secret}, "issuer": {site}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	return (&url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + site + ":" + account, RawQuery: strings.ReplaceAll(q.Encode(), "+", "%20")}).String()
}

// QR draws text as a QR code in SVG, black on white whatever the theme, with the
// quiet zone that readers need. alt is what readers of text get.
func QR(text, alt string) (string, error) {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("draw the QR code: %w", err)
	}
	const quiet = 4
	side := c.Size + 2*quiet
	var path strings.Builder
	for y := range c.Size {
		for x := range c.Size {
			if c.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return fmt.Sprintf(`<svg viewBox="0 0 %d %d" role="img" aria-label="%s" shape-rendering="crispEdges"><path class="qr-w" d="M0 0h%dv%dH0z"/><path class="qr-b" d="%s"/></svg>`,
		side, side, escape(alt), side, side, path.String()), nil
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

// recoveryCodes is how many are given out.
const recoveryCodes = 10

// NewRecoveryCodes returns codes that each replace a one-time code once, of 80
// bits, written like k7fq-2m9x-wa3h-c8ut, with the hashes to keep: so many bits need
// no slow hash.
func NewRecoveryCodes(random io.Reader) (codes, hashes []string, err error) {
	const letters = "abcdefghjkmnpqrstuvwxyz234567890" // without those that look alike; 32 of them
	for range recoveryCodes {
		var b [16]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return nil, nil, fmt.Errorf("make recovery codes: %w", err)
		}
		for i := range b {
			b[i] = letters[b[i]&31]
		}
		code := string(b[:4]) + "-" + string(b[4:8]) + "-" + string(b[8:12]) + "-" + string(b[12:])
		codes, hashes = append(codes, code), append(hashes, RecoveryHash(code))
	}
	return codes, hashes, nil
}

// RecoveryHash is how a recovery code is kept and found, however it was typed.
func RecoveryHash(code string) string {
	code = strings.ToLower(strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, code))
	sum := sha256.Sum256([]byte("recovery:" + code))
	return hex.EncodeToString(sum[:])
}
