// Package signin knows how a person proves who she is: passwords, one-time codes,
// passkeys, an identity provider, secrets for cookies and links.
//
// It knows no account, no page and no database: what must be remembered goes in
// and comes out as values, and the caller keeps it. It refuses weak passwords,
// hashes with absurd costs, codes used twice, and answers to another challenge
// than its own. Start with Hasher, MatchCode and Party.
package signin

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"peerscape/internal/fault"
)

// cost is what argon2id is asked to spend.
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// present is the cost of new hashes: the first of OWASP's equal choices for
// argon2id (Password Storage Cheat Sheet) with one pass more. most bounds what a
// stored hash may ask for, so that a changed row cannot exhaust the memory.
var (
	present = cost{19 * 1024, 3, 1}
	most    = cost{256 * 1024, 16, 16}
)

const (
	saltLength = 16
	keyLength  = 32
	mostTyped  = 16 * Longest // bytes; none that was accepted is so long, however it is composed
)

// Hasher hashes passwords, at most as many at once as there are processors, for
// each takes 19 MB and tens of milliseconds.
type Hasher struct {
	cost   cost // of new hashes
	random io.Reader
	turns  chan struct{}
	dummy  string // of no password, so that an unknown account costs the same
	listed map[string]bool
}

// NewHasher makes a hasher that takes salts from random.
func NewHasher(random io.Reader) *Hasher { return newHasher(random, present) }

// NewQuickHasher makes a hasher whose hashes cost next to nothing, for tests of
// what stands on it. What it hashes is no secret.
func NewQuickHasher(random io.Reader) *Hasher { return newHasher(random, cost{8, 1, 1}) }

func newHasher(random io.Reader, c cost) *Hasher {
	h := &Hasher{cost: c, random: random, turns: make(chan struct{}, runtime.NumCPU()), listed: commonPasswords()}
	h.dummy = encode(c, make([]byte, saltLength), make([]byte, keyLength))
	return h
}

// Hash returns the hash of a password in PHC form:
// $argon2id$v=19$m=19456,t=3,p=1$salt$key. It waits for its turn.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLength)
	if _, err := io.ReadFull(h.random, salt); err != nil {
		return "", fmt.Errorf("make a salt: %w", err)
	}
	key, err := h.key(ctx, password, salt, h.cost, keyLength)
	if err != nil {
		return "", err
	}
	return encode(h.cost, salt, key), nil
}

// Verify reports whether a password is the one of a hash, and whether the hash
// is of another cost than new ones and should be made anew. An empty hash matches
// nothing and costs the same as any other.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (right, weak bool, err error) {
	known := hash != "" && len(password) <= mostTyped
	if !known {
		hash, password = h.dummy, ""
	}
	c, salt, want, err := decode(hash)
	if err != nil {
		return false, false, err
	}
	key, err := h.key(ctx, password, salt, c, uint32(len(want)))
	if err != nil {
		return false, false, err
	}
	right = subtle.ConstantTimeCompare(key, want) == 1 && known
	return right, right && (c != h.cost || len(want) != keyLength || len(salt) != saltLength), nil
}

func (h *Hasher) key(ctx context.Context, password string, salt []byte, c cost, length uint32) ([]byte, error) {
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, c.passes, c.memory, c.threads, length), nil
}

func encode(c cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, c.threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// decode reads a hash, refusing what we would not have written.
func decode(hash string) (c cost, salt, key []byte, err error) {
	damaged := fault.New(fault.Internal, "signin.hash", "a stored password is damaged").Do("Set a new password")
	parts := strings.Split(hash, "$")
	if len(hash) > 512 || len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, damaged
	}
	var rest string
	n, err := fmt.Sscanf(parts[3]+" .", "m=%d,t=%d,p=%d %s", &c.memory, &c.passes, &c.threads, &rest)
	if err != nil || n != 4 || parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", c.memory, c.passes, c.threads) {
		return c, nil, nil, damaged.Because(err)
	}
	if c.memory < 8 || c.passes < 1 || c.threads < 1 || c.memory > most.memory || c.passes > most.passes || c.threads > most.threads {
		return c, nil, nil, damaged
	}
	b64 := base64.RawStdEncoding.Strict()
	if salt, err = b64.DecodeString(parts[4]); err != nil || len(salt) < 8 || len(salt) > 64 {
		return c, nil, nil, damaged.Because(err)
	}
	if key, err = b64.DecodeString(parts[5]); err != nil || len(key) < 16 || len(key) > 64 {
		return c, nil, nil, damaged.Because(err)
	}
	return c, salt, key, nil
}

// Lengths of a password, in characters (NIST SP 800-63B, OWASP ASVS 5.0 6.2).
const (
	Shortest = 12
	Longest  = 256
)

// Acceptable refuses a new password that is easy to guess: too short, of few
// different characters, a run of the keyboard or the alphabet, or hardly more
// than what is known of the person, such as name and address. There is no rule
// about kinds of characters: length is what counts.
func (h *Hasher) Acceptable(password string, known ...string) error {
	password = norm.NFKC.String(password)
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return fault.New(fault.Invalid, "signin.characters", "the password has characters that cannot be typed").Do("Use letters, digits, signs and spaces")
	case n < Shortest:
		return fault.New(fault.Invalid, "signin.short", "the password has fewer than %d characters", Shortest).With("least", Shortest).Do("Take several words in a row")
	case n > Longest:
		return fault.New(fault.TooLarge, "signin.long", "the password has more than %d characters", Longest).With("most", Longest).Do("Shorten it")
	case guessable(strings.ToLower(password), known), h.common(strings.ToLower(password)):
		return fault.New(fault.Invalid, "signin.guessable", "the password is easy to guess").Do("Take several words that have nothing to do with each other, with you or with this site")
	}
	return nil
}
