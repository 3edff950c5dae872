package media

import "io"

// recording passes sound and film on unchanged: to take a film apart and put it
// together again is a program of its own. The note says what that means.
func (j *job) recording() error {
	j.result.note("unstripped", nil, "The recording is kept as it is. It may say where and when it was made, and with what; check that before it is shown to others")
	if err := j.source.rewind(); err != nil {
		return err
	}
	return j.give(Copy{Role: Full, MIME: j.rule.MIME}, func(w io.Writer) error {
		_, err := io.Copy(w, j.source)
		return err
	})
}
