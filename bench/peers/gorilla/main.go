// The least server of the live contract on gorilla/websocket, as ../ws_fan_out.mjs is on npm's ws: counts the events of each
// post and tells every subscriber the new count, in a delta like Weir's. A message is prepared once for all, each connection
// has a goroutine that writes to it, as the package's own documentation and chat example have it. Prints its port.
package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Messages that wait for one client; a client that is further behind is let go.
const queuedMax = 256

type client struct {
	socket *websocket.Conn
	queue  chan *websocket.PreparedMessage
}

type hub struct {
	mutex   sync.Mutex
	seq     int
	count   int
	clients map[*client]struct{}
}

func (h *hub) entry() string {
	return fmt.Sprintf(`{"name":"step","count":%d,"cases":%d}`, h.count, h.count)
}

func (h *hub) prepared(message string) *websocket.PreparedMessage {
	made, err := websocket.NewPreparedMessage(websocket.TextMessage, []byte(message))
	if err != nil {
		log.Fatal(err)
	}
	return made
}

// The client is told of everything from here on.
func (h *hub) subscribe(c *client) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if _, known := h.clients[c]; known {
		return
	}
	h.clients[c] = struct{}{}
	c.queue <- h.prepared(fmt.Sprintf(`{"ref":1,"type":"snapshot","epoch":"peer","seq":%d,"recovered":false,`+
		`"data":{"as_of":"","activities":[%s]}}`, h.seq, h.entry()))
}

func (h *hub) leave(c *client) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	delete(h.clients, c)
	close(c.queue)
}

func (h *hub) add(events int) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.count += events
	h.seq++
	end := fmt.Sprintf(`{"put":[{"name":"step","count":%d}]}`, h.count)
	delta := h.prepared(fmt.Sprintf(`{"ref":1,"type":"delta","prev":%d,"seq":%d,"data":{"as_of":"%s",`+
		`"activities":{"put":[%s]},"start":%s,"end":%s}}`,
		h.seq-1, h.seq, time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), h.entry(), end, end))
	for c := range h.clients {
		select {
		case c.queue <- delta:
		default:
			c.socket.Close()
		}
	}
}

func (c *client) write() {
	for message := range c.queue {
		if c.socket.WritePreparedMessage(message) != nil {
			c.socket.Close()
		}
	}
	c.socket.Close()
}

func (h *hub) watch(upgrader *websocket.Upgrader, writer http.ResponseWriter, request *http.Request) {
	socket, err := upgrader.Upgrade(writer, request, nil)
	if err != nil {
		return
	}
	c := &client{socket, make(chan *websocket.PreparedMessage, queuedMax)}
	go c.write()
	defer h.leave(c)
	for {
		if _, _, err := socket.ReadMessage(); err != nil {
			return
		}
		h.subscribe(c)
	}
}

func (h *hub) post(writer http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(writer, err.Error(), http.StatusBadRequest)
		return
	}
	events := bytes.Count(body, []byte{'\n'})
	h.add(events)
	writer.Header().Set("Content-Type", "application/json")
	writer.WriteHeader(http.StatusAccepted)
	fmt.Fprintf(writer, `{"accepted":%d}`, events)
}

func main() {
	h := &hub{clients: map[*client]struct{}{}}
	upgrader := &websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024, WriteBufferPool: &sync.Pool{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		if request.Method == http.MethodPost {
			h.post(writer, request)
		} else {
			h.watch(upgrader, writer, request)
		}
	})))
}
