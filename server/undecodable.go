package server

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"unicode/utf8"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Without this file, grpc-go ends an undecodable request with INTERNAL before any interceptor
// runs. The request then has no log line, no call id and no error details. decodingCodec keeps
// the error instead. A service that decoding registers carries it, and validate returns it.

// received is the request into which decodingCodec decodes.
type received struct {
	message     proto.Message
	undecodable error // a *providers.Error
}

// decodingCodec is grpc's own codec, except for the type received.
type decodingCodec struct{ encoding.CodecV2 }

func newDecodingCodec() decodingCodec { return decodingCodec{encoding.GetCodecV2("proto")} }

// Unmarshal returns no error for a received, and stores the error in it. For other types it
// returns the error of grpc's codec.
func (c decodingCodec) Unmarshal(data mem.BufferSlice, into any) error {
	request, ok := into.(*received)
	if !ok {
		return c.CodecV2.Unmarshal(data, into)
	}
	if err := c.CodecV2.Unmarshal(data, request.message); err != nil {
		descriptor := request.message.ProtoReflect().Descriptor()
		proto.Reset(request.message) // a partial request is no request, but its provider is checked first
		keepProvider(data.Materialize(), request.message.ProtoReflect())
		request.undecodable = invalidField("body", "must be a "+string(descriptor.FullName())+" in protobuf's binary form")
		if path := notUTF8(data.Materialize(), descriptor, ""); path != "" {
			request.undecodable = invalidField(path, "must be valid UTF-8")
		}
	}
	return nil
}

// decoding registers services with a gRPC server that has a decodingCodec.
type decoding struct{ grpc.ServiceRegistrar }

// RegisterService registers a service.
func (d decoding) RegisterService(description *grpc.ServiceDesc, service any) {
	copied := *description
	copied.Methods = slices.Clone(description.Methods)
	for i := range copied.Methods {
		copied.Methods[i].Handler = keepUndecodable(copied.Methods[i].Handler)
	}
	d.ServiceRegistrar.RegisterService(&copied, service)
}

type undecodableKey struct{}

// keepUndecodable makes a handler that calls the interceptors even if the request cannot be
// decoded.
func keepUndecodable(handler grpc.MethodHandler) grpc.MethodHandler {
	return func(service any, ctx context.Context, decode func(any) error, chain grpc.UnaryServerInterceptor) (any, error) {
		var request received
		return handler(service, ctx, func(into any) error {
			message, ok := into.(proto.Message)
			if !ok {
				return errors.New("can decode only messages")
			}
			request.message = message
			return decode(&request)
		}, func(ctx context.Context, message any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
			if request.undecodable != nil {
				ctx = context.WithValue(ctx, undecodableKey{}, request.undecodable)
			}
			return chain(ctx, message, info, handle)
		})
	}
}

// undecodable returns why the request of a call could not be decoded, or nil.
func undecodable(ctx context.Context) error {
	switch found := ctx.Value(undecodableKey{}).(type) {
	case error:
		return found
	case *requestBody: // over REST
		if found.problem != nil {
			return found.problem.failure
		}
	}
	return nil
}

// keepProvider sets the provider of a message from encoded data that cannot be decoded as a
// whole.
func keepProvider(data []byte, message protoreflect.Message) {
	field := message.Descriptor().Fields().ByName("provider")
	for field != nil && len(data) > 0 {
		number, kind, length := protowire.ConsumeField(data)
		if length < 0 {
			return
		}
		if number == field.Number() && kind == protowire.BytesType {
			_, _, tag := protowire.ConsumeTag(data)
			if name, _ := protowire.ConsumeBytes(data[tag:length]); utf8.Valid(name) {
				message.Set(field, protoreflect.ValueOfString(string(name)))
			}
		}
		data = data[length:]
	}
}

// notUTF8 returns the path of the first text that is not UTF-8 in an encoded message. It returns
// nothing if all are UTF-8.
func notUTF8(data []byte, message protoreflect.MessageDescriptor, prefix string) string {
	places := map[protowire.Number]int{}
	for len(data) > 0 {
		number, kind, length := protowire.ConsumeTag(data)
		if length < 0 {
			return ""
		}
		data = data[length:]
		length = protowire.ConsumeFieldValue(number, kind, data)
		if length < 0 {
			return ""
		}
		field := message.Fields().ByNumber(number)
		value, isBytes := protowire.ConsumeBytes(data[:length])
		data = data[length:]
		if field == nil || kind != protowire.BytesType || isBytes < 0 {
			continue
		}
		path := prefix + string(field.Name())
		switch {
		case field.IsMap():
			path += "[" + strconv.Quote(keyOf(value)) + "]"
		case field.IsList():
			path += "[" + strconv.Itoa(places[number]) + "]"
			places[number]++
		}
		switch {
		case field.IsMap():
			if notUTF8(value, field.Message(), "") != "" {
				return path
			}
		case field.Message() != nil:
			if within := notUTF8(value, field.Message(), path+"."); within != "" {
				return within
			}
		case field.Kind() == protoreflect.StringKind && !utf8.Valid(value):
			return path
		}
	}
	return ""
}

// keyOf returns the key of an encoded entry of a map with text keys.
func keyOf(entry []byte) string {
	number, kind, length := protowire.ConsumeTag(entry)
	if length < 0 || number != 1 || kind != protowire.BytesType {
		return ""
	}
	key, _ := protowire.ConsumeBytes(entry[length:])
	return string(key)
}
