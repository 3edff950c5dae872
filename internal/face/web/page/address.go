package page

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Address is where a request comes from, as far as the throttle cares: the peer,
// or where that is a proxy that we trust the last address in X-Forwarded-For that
// is none. What stands before it anybody may have written. Empty where only
// proxies are known.
func (s *Site) Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if !s.trusted(host) {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		hop = strings.TrimSpace(hop)
		if ip, err := netip.ParseAddrPort(hop); err == nil {
			hop = ip.Addr().String()
		}
		if _, err := netip.ParseAddr(strings.Trim(hop, "[]")); err != nil {
			return ""
		}
		if hop = strings.Trim(hop, "[]"); !s.trusted(hop) {
			return hop
		}
	}
	return ""
}

func (s *Site) trusted(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) })
}
