import type { GenFile, GenMessage } from "@bufbuild/protobuf/codegenv2";
import type { Message } from "@bufbuild/protobuf";
/**
 * Describes the file google/type/date.proto.
 */
export declare const file_google_type_date: GenFile;
/**
 * @generated from message google.type.Date
 */
export type Date = Message<"google.type.Date"> & {
    /**
     * @generated from field: int32 year = 1;
     */
    year: number;
    /**
     * @generated from field: int32 month = 2;
     */
    month: number;
    /**
     * @generated from field: int32 day = 3;
     */
    day: number;
};
/**
 * Describes the message google.type.Date.
 * Use `create(DateSchema)` to create a new message.
 */
export declare const DateSchema: GenMessage<Date>;
